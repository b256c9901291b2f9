/**
 * To be imported before anything else: takes back what V8 has to know before it sets up its heap, and never afterwards. V8 takes no code
 * cache that was made with other flags, and Node's own modules have such caches, made with none.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--initial-old-space-size=0');
