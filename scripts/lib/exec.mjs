// Running other programs: output to a log file, the tail of it in the message when they fail.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from './failure.mjs';
import { binDir, logDir, root } from './paths.mjs';

/** The path with this project's tools first: there `node` is the pinned version. */
export function pathWithTools() {
  return [binDir, pathWithoutTools()].join(delimiter);
}

/** The path without any project's tools: `npm ci` must not run on a Node that it deletes. */
export function pathWithoutTools() {
  const entries = (process.env.PATH || '').split(delimiter);
  return entries.filter((entry) => !entry.endsWith(join('node_modules', '.bin'))).join(delimiter);
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] the repository unless given
 * @property {Record<string, string | undefined>} [env] added to this process's environment
 * @property {string} [log] name of the log file under .outpost/logs; without it output is kept in memory
 * @property {boolean} [show] also pass the output on to standard error
 * @property {string} [failure] what to say when it fails
 * @property {string} [input] written to its standard input
 */

/**
 * Runs a program to its end and returns its standard output (with `log`, both outputs together).
 * @param {string} command @param {string[]} args @param {RunOptions} [options]
 * @returns {Promise<string>}
 */
export async function run(command, args, options = {}) {
  const { code, stdout, all } = await runFreely(command, args, options);
  if (code === 0) return stdout;
  const where = options.log ? `\nThe whole output: ${logPath(options.log)}` : '';
  throw new Failure(`${options.failure || `${command} ${args[0] ?? ''} failed`} (exit code ${code})\n${tail(all)}${where}`);
}

/**
 * Runs a program to its end, whatever the end is.
 * @param {string} command @param {string[]} args @param {RunOptions} [options]
 * @returns {Promise<{ code: number, stdout: string, all: string }>}
 */
export function runFreely(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd || root,
      env: { ...process.env, PATH: pathWithTools(), ...options.env },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const file = options.log ? createWriteStream(newLog(options.log)) : null;
    let stdout = '';
    let all = '';
    /** @param {Buffer} chunk @param {boolean} isOut */
    const take = (chunk, isOut) => {
      const text = chunk.toString();
      if (isOut) stdout += text;
      all += text;
      file?.write(chunk);
      if (options.show) process.stderr.write(chunk);
    };
    child.stdout?.on('data', (chunk) => take(chunk, true));
    child.stderr?.on('data', (chunk) => take(chunk, false));
    child.on('error', (error) => reject(new Failure(`cannot run ${command}: ${error.message}`)));
    child.on('close', (code, signal) => {
      file?.end();
      resolve({ code: code ?? (signal ? 130 : 1), stdout, all });
    });
    if (options.input !== undefined) child.stdin?.end(options.input);
  });
}

/** Whether a program answers with exit code 0. @param {string} command @param {string[]} args */
export async function succeeds(command, args) {
  try {
    return (await runFreely(command, args)).code === 0;
  } catch {
    return false;
  }
}

/** The path of a log file. @param {string} name */
export const logPath = (name) => join(logDir, `${name}.log`);

/** Makes room for a log file and returns its path. @param {string} name */
export function newLog(name) {
  mkdirSync(logDir, { recursive: true });
  return logPath(name);
}

/** The last lines of a text. @param {string} text @param {number} [lines] */
export function tail(text, lines = 40) {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** The last lines of a log file. @param {string} path @param {number} [lines] */
export function tailOfFile(path, lines = 40) {
  try {
    return tail(readFileSync(path, 'utf8'), lines);
  } catch {
    return '';
  }
}
