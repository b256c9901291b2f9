/** What the image starts: the operator, with what was compiled of it beforehand. */
import { runProgram } from './compiled-program.ts';

runProgram(import.meta.dirname);
