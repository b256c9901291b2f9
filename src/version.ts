/** The version of this Merlon: from package.json, put in by the bundler. */
import packageJson from '../package.json' with { type: 'json' };

export const version: string = packageJson.version;
