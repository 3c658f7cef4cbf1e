// Owns the process of the measured bot: the program as operators run it, and a probe of its event loop's lag beside it.
import { answerLagRequests } from './lagProbe.ts';

answerLagRequests();
await import('../../src/main.ts');
