/**
 * The environment of a user's shell: what npm says about this project must not steer another program, and
 * certificates of a network like this machine's are read by each Node that starts, for 0.06 to 0.09 s.
 */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^npm_|^INIT_CWD$|^NODE_OPTIONS$|^NODE_EXTRA_CA_CERTS$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
