/** When a pull is due next, as the schedule of the server works it out (syncs/schedules.py). Pure. */
import type { Schemas } from '../api/client.ts';

type Schedule = Schemas['Schedule'];
const MINUTE_MS = 60_000;

function crc32(text: string): number {
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/** Return the next times (epoch ms) that a schedule is due; intervals are spread by tenant and sync. */
export function nextTimes(schedule: Schedule, spreadBy: string, nowMs: number, count = 3): number[] {
  if (schedule.paused) return [];
  if (schedule.every_minutes) {
    const interval = schedule.every_minutes * MINUTE_MS;
    const first = nowMs + interval - ((((nowMs - (crc32(spreadBy) % interval)) % interval) + interval) % interval);
    return Array.from({ length: count }, (_, index) => first + index * interval);
  }
  return schedule.daily_at ? dailyTimes(schedule.daily_at, schedule.zone ?? 'UTC', nowMs, count) : [];
}

function dailyTimes(at: string, zone: string, nowMs: number, count: number): number[] {
  const found: number[] = [];
  for (let days = 0; found.length < count && days < count + 3; days += 1) {
    const due = momentOf(dayOf(nowMs + days * 86_400_000, zone), at, zone);
    if (due > nowMs && due !== found.at(-1)) found.push(due);
  }
  return found;
}

const dayOf = (ms: number, zone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(ms).slice(0, 10);

/** Return the moment at which a zone's wall clock shows this. */
function momentOf(day: string, time: string, zone: string): number {
  const asUtc = Date.parse(`${day}T${time}:00Z`);
  const [before, after] = [-12, 12].map((hours) => asUtc - offsetMs(asUtc + hours * 3_600_000, zone)) as [number, number];
  const isShown = (moment: number): boolean => moment + offsetMs(moment, zone) === asUtc;
  return isShown(before) || !isShown(after) ? before : after; // of a time that comes twice, the first
}

function offsetMs(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(ms);
  const of = (type: string): string => parts.find((each) => each.type === type)?.value ?? '0';
  return Date.parse(`${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}Z`) - Math.floor(ms / 1000) * 1000;
}

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const zones = (): string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((each) => each !== 'UTC')];
