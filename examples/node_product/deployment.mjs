/** Finds the queues of the deployment that the product is to use. */

import { existsSync, readFileSync } from 'node:fs';
import { SQSClient } from '@aws-sdk/client-sqs';

const LOCAL = new URL('../../.local/stack.json', import.meta.url);

/** Return tenant, queue addresses and SQS client: those that the environment names, else those of the local stack. */
export function deployment(environment = process.env) {
  const tenant = environment.CAUSEWAY_TENANT ?? 'chinook';
  if (environment.PUSH_QUEUE_URL && environment.OUTBOUND_QUEUE_URL) {
    return { tenant, push: environment.PUSH_QUEUE_URL, outbound: environment.OUTBOUND_QUEUE_URL, sqs: new SQSClient({}) };
  }
  if (!existsSync(LOCAL)) {
    throw new Error('No stack runs here. Start one with `make up`, or set PUSH_QUEUE_URL and OUTBOUND_QUEUE_URL.');
  }
  const stack = JSON.parse(readFileSync(LOCAL, 'utf8'));
  const sqs = new SQSClient({
    endpoint: stack.aws_endpoint,
    region: stack.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return { tenant, push: stack.push_queue_url, outbound: stack.outbound_queue_url, sqs };
}
