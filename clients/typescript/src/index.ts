/** What a product needs to use Causeway: send changes, handle outcomes, pages and events, call the API. */
export { type ApiOptions, type CausewayApi, causewayApi } from './api.js';
export { Consumer, type ConsumerOptions, type Handlers, type Polled } from './consumer.js';
export { ApiError, CausewayClientError, type Fault, InvalidChanges, NotSent, Unreadable } from './errors.js';
export type { components, paths } from './generated/api.js';
export type { FieldWarning, MatchCandidate, Outcome, OutcomesMessage } from './generated/outcomes.js';
export type { About, Change, Utterance } from './generated/push.js';
export type { Converted, PulledRecord, RecordsMessage } from './generated/records.js';
export { type CausewayEvent, readMessage } from './messages.js';
export { MemorySeenIds, type SeenIds } from './seen.js';
export { Sender, type SenderOptions, type SendOptions, type Sent } from './sender.js';
