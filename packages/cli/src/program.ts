import { Command } from 'commander';
import { type Context, helpStyle } from './command.ts';
import { deadCommand } from './dead/commands.ts';
import { statusCommand } from './look/status.ts';
import { verifyCommand } from './look/verify.ts';
import { eventsCommand } from './repair/rebuild-events.ts';
import { inboundCommand } from './repair/replay-inbound.ts';

/** The whole command line. */
export function program(context: Context): Command {
  const baton = new Command('baton')
    .description('Looks after a Baton installation: what it gave up on, what it lost, and whether it keeps its promises.')
    .addHelpText(
      'after',
      `
Where the installation is: of a running \`npm start\` it is known by itself (.baton/place.json); elsewhere by options or
BATON_CONVERSATION_STATE_ADDR, BATON_DISPATCHER_ADDR, BATON_SERVICE_TOKEN, BATON_NATS_URL, BATON_VERIFY_POSTGRES_URL.

Exit codes: 0 done, 1 something failed or is broken, 2 usage, 3 a server cannot be reached, 130 interrupted.
Results go to stdout, everything else to stderr. Guide: docs/guides/operations.md`,
    )
    .addCommand(statusCommand(context))
    .addCommand(deadCommand(context))
    .addCommand(eventsCommand(context))
    .addCommand(inboundCommand(context))
    .addCommand(verifyCommand(context));
  for (const command of everyOne(baton)) command.configureHelp(helpStyle).exitOverride().helpCommand(false);
  return baton;
}

function everyOne(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyOne)];
}
