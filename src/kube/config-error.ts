/** What says how to reach the API server is missing or wrong; the message names the file and what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
