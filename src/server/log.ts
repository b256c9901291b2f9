/** The operator's log: one JSON object a line on standard output, written by winston. */
import { createLogger, format, transports } from 'winston';

import type { Log } from '../core/log.ts';
import type { OperatorOptions } from '../options.ts';

export type OperatorLog = Log & { readonly flush: () => Promise<void> };

export function openLog(level: OperatorOptions['logLevel']): OperatorLog {
  const logger = createLogger({ level, format: format.combine(format.timestamp(), format.json()) });
  logger.add(new transports.Stream({ stream: process.stdout }));
  return {
    debug: (message, fields) => void logger.debug(message, fields),
    info: (message, fields) => void logger.info(message, fields),
    warn: (message, fields) => void logger.warn(message, fields),
    error: (message, fields) => void logger.error(message, fields),
    flush: () =>
      new Promise((resolve) => {
        logger.once('finish', resolve);
        logger.end();
      }),
  };
}
