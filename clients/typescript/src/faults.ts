/** Which failures of an AWS call pass by themselves. */

const PASSING_CODES = new Set([
  'InternalError',
  'InternalFailure',
  'KmsThrottled',
  'OverLimit',
  'RequestThrottled',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
]);
const BROKEN_CONNECTION = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)/;

interface Failure {
  readonly name?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Return whether an error code, such as `AWS.SimpleQueueService.RequestThrottled`, names something that passes. */
export function isPassingCode(code: string): boolean {
  return PASSING_CODES.has(code.slice(code.lastIndexOf('.') + 1));
}

/** Return whether the same call may succeed later: a throttle, a fault of AWS, or a connection that broke. */
export function isPassing(error: unknown): boolean {
  const { name = '', code = '', $metadata } = (error ?? {}) as Failure;
  const status = $metadata?.httpStatusCode ?? 0;
  return isPassingCode(name) || BROKEN_CONNECTION.test(code) || status >= 500 || status === 429;
}
