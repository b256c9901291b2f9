/** How a terminal shows outcomes and severities. */
import type { Finding } from '../core/finding.ts';
import type { Colour } from './terminal.ts';

export const severityColours: Readonly<Record<Finding['severity'], Colour>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'blue',
  info: 'dim',
};

export const outcomeColours: Readonly<Record<Finding['outcome'], Colour>> = {
  fail: 'red',
  unknown: 'yellow',
  exempt: 'dim',
  pass: 'green',
  notApplicable: 'dim',
};
