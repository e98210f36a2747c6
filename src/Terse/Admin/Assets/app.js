// The entry: what every page has. Pages work without it; with it they answer in place.
import { startPage } from './page.js';
import { startKeyboard } from './keyboard.js';
import { startCreate } from './create.js';
import { startSwaps } from './swap.js';
import { startPlanner } from './planner.js';
import { startTransfer } from './transfer.js';
import { draw } from './draw.js';

startPage();
startKeyboard();
startCreate();
startSwaps();
startPlanner();
startTransfer();
draw(document);
