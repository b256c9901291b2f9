/** What the demo shows: headings, explanations, and each command before what it prints. Progress goes to stderr. */
import { buildPainter, hasColour } from '../../src/report/terminal.ts';
import type { Painter } from '../../src/report/terminal.ts';
import type { Cluster } from '../support/cluster.ts';
import { runProcess } from '../support/run-process.ts';

const commandBundle = 'dist/cli/merlon.mjs';
const commandTimeoutMs = 30_000;

export class DemoScreen {
  readonly #paint: Painter = buildPainter(hasColour(process.stdout, process.env));
  #headings = 0;

  heading(text: string): void {
    this.#headings += 1;
    this.#write(`\n${this.#paint('bold', `${this.#headings}. ${text}`)}`);
  }

  explain(text: string): void {
    this.#write(text);
  }

  /** A command that somebody else runs, or that the reader may run. */
  command(text: string): void {
    this.#write(`${this.#paint('bold', '$')} ${this.#paint('blue', text)}`);
  }

  /** Lines of which nothing needs to be understood. */
  aside(text: string): void {
    for (const line of text.trimEnd().split('\n')) this.#write(this.#paint('dim', line));
  }

  /**
   * Shows the command, runs the real kubectl, shows what it printed.
   * @param repeatable tries once more when it fails: kubectl and a controller may create the same object
   * @throws {Error} with what kubectl says
   */
  async kubectl(cluster: Cluster, args: readonly string[], { repeatable = false, dim = false } = {}): Promise<void> {
    this.command(['kubectl', ...args.map(quote)].join(' '));
    let result = await cluster.kubectl(args);
    if (result.code !== 0 && repeatable) result = await cluster.kubectl(args);
    if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${result.stderr.trim()}`);
    // Warnings are part of the answer.
    const said = `${result.stderr}${result.stdout}`;
    if (dim) this.aside(said);
    else for (const line of said.trimEnd().split('\n')) this.#write(this.#colourWords(line));
  }

  /** Shows a command that the API server, or a kubelet, refuses, and what it is answered. @throws {Error} if it is not */
  async refusedKubectl(cluster: Cluster, args: readonly string[]): Promise<void> {
    this.command(['kubectl', ...args.map(quote)].join(' '));
    const { code, stderr } = await cluster.kubectl(args);
    if (code === 0) throw new Error(`kubectl ${args.join(' ')} was not refused`);
    for (const line of stderr.trimEnd().split('\n')) this.#write(line);
  }

  /** Shows what `merlon` prints go into `kubectl`. @throws {Error} with what either of them says */
  async merlonToKubectl(cluster: Cluster, from: readonly string[], into: readonly string[]): Promise<void> {
    this.command(`merlon ${from.map(quote).join(' ')} | kubectl ${into.map(quote).join(' ')}`);
    const printed = await this.#runMerlon(cluster, from, [0]);
    const { code, stdout, stderr } = await cluster.kubectl(into, { stdin: printed });
    if (code !== 0) throw new Error(`kubectl ${into.join(' ')}: ${stderr.trim()}`);
    this.aside(stdout);
  }

  /**
   * Shows `merlon` with those arguments, runs it, shows what it printed.
   * @param codes that it may exit with
   * @throws {Error} with what it says
   */
  async merlon(cluster: Cluster, args: readonly string[], codes: readonly number[]): Promise<void> {
    this.command(['merlon', ...args.map(quote)].join(' '));
    const printed = await this.#runMerlon(cluster, args, codes);
    for (const line of printed.trimEnd().split('\n')) this.#write(this.#colourWords(line));
  }

  progress(text: string): void {
    process.stderr.write(`demo: ${text}\n`);
  }

  async #runMerlon(cluster: Cluster, args: readonly string[], codes: readonly number[]): Promise<string> {
    const result = await runProcess(process.execPath, [commandBundle, ...args], {
      env: { ...process.env, KUBECONFIG: cluster.adminKubeconfig },
      timeoutMs: commandTimeoutMs,
    });
    if (!codes.includes(result.code ?? -1)) throw new Error(`merlon ${args.join(' ')}: ${result.stderr.trim()}`);
    return result.stdout;
  }

  #write(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  /** Verdicts and severities wherever kubectl prints them. */
  #colourWords(line: string): string {
    return line
      .replace(/^(critical|high)\b/, (word) => this.#paint('red', word))
      .replace(/^(medium|unknown)\b/, (word) => this.#paint('yellow', word))
      .replace(/\bFalse\b/g, (word) => this.#paint('red', word))
      .replace(/\bTrue\b/g, (word) => this.#paint('green', word))
      .replace(/\bUnknown\b/g, (word) => this.#paint('yellow', word));
  }
}

/** As a shell wants it: of `name=value` only the value needs quotes. */
function quote(argument: string): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  const [, name = '', value = ''] = /^([\w-]+=)?(.*)$/s.exec(argument) ?? [];
  return `${name}'${value.replaceAll("'", `'\\''`)}'`;
}
