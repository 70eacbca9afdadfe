import { Prompts } from "./prompts.js";
import { Status } from "./status.js";
import { Stream } from "./stream.js";

new Stream().start();
new Prompts().start();
new Status().start();
