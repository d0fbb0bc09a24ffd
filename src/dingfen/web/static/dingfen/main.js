import "./sending.js";
import "./keys.js";
import "./dialogs.js";
import "./lists.js";
import "./palette.js";
import "./toasts.js";
import "./files.js";
