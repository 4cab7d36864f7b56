/** What a caller may have to handle; `CausewayClientError` is the root of all. */

/** What is wrong with one change: its position in what was given, its key as far as there is one, and the reason. */
export interface Fault {
  readonly position: number;
  readonly key: string | null;
  readonly reason: string;
}

/** The root of every error of this package. */
export class CausewayClientError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** Some changes break the contract; nothing was sent. */
export class InvalidChanges extends CausewayClientError {
  constructor(readonly faults: readonly Fault[]) {
    const first = faults[0];
    const more = faults.length > 1 ? ` (${faults.length - 1} more)` : '';
    super(`Change ${first?.position} (key ${JSON.stringify(first?.key)}) breaks the contract: ${first?.reason}.${more}`);
  }
}

/** SQS did not take some changes; `changes` are those, as they were to be sent, in order. */
export class NotSent<Change = unknown> extends CausewayClientError {
  constructor(
    readonly reason: string,
    readonly changes: readonly Change[],
  ) {
    super(`SQS did not take ${changes.length} changes: ${reason}`);
  }
}

/** The API refused a call; `fields` names the places of the request that it is about. */
export class ApiError extends CausewayClientError {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly remedy: string = '',
    readonly fields: readonly string[] = [],
    readonly requestId: string = '',
  ) {
    super(message);
  }
}

/** A message is none that this version of the package knows. */
export class Unreadable extends CausewayClientError {}
