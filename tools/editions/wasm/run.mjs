// Runs notebooks in Pyodide under node: node run.mjs <folder of Pyodide> <folder of the course> <runner.py>
// Reads a path of a notebook from each line of standard input, and answers with a line of JSON, as runner.py does.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const [distribution, course, runner] = process.argv.slice(2).map((each) => path.resolve(each));
const { loadPyodide } = await import(pathToFileURL(path.join(distribution, "pyodide.mjs")));
const python = await loadPyodide({
  indexURL: distribution + path.sep,
  env: { HOME: "/home/pyodide", DEFI_COURSE_PROGRESS: "off", PYTEST_VERSION: "none" }, // as in a test, nobody reads,
  stdout: (text) => console.error(text),
  stderr: (text) => console.error(text),
});
const said = [];
await python.loadPackage(["defi-course", "scipy"], {
  messageCallback: () => {},
  errorCallback: (text) => said.push(text),
});
if (said.length) throw new Error(said.join("\n"));
for (const folder of ["course", "solutions", "tests"]) {
  python.FS.mkdirTree("/" + folder);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: path.join(course, folder) }, "/" + folder);
}
python.FS.writeFile("/runner.py", fs.readFileSync(runner));
python.runPython("import sys; sys.path.insert(0, '/'); import json, runner; runner.prepare()");
console.log("ready");
for await (const line of readline.createInterface({ input: process.stdin })) {
  python.globals.set("_path", line.trim());
  console.log(python.runPython("json.dumps(runner.answered(_path, '/'))"));
}
process.exit(0);
