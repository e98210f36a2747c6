#!/usr/bin/env bash
# Takes the newest lists of user agents from npm. Look at the difference, and name the new versions in README.md and NOTICE.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for package in uap-core crawler-user-agents isbot; do
  mkdir "$package"
  tar xzf "$(npm pack --silent "$package")" -C "$package" --strip-components=1
done
cp uap-core/regexes.yaml "$here/regexes.yaml"
HERE=$here node -e '
  const fs = require("fs");
  const write = (name, lines) => fs.writeFileSync(`${process.env.HERE}/${name}`, lines.join("\n") + "\n");
  write("crawlers.txt", JSON.parse(fs.readFileSync("crawler-user-agents/crawler-user-agents.json")).map(entry => entry.pattern));
  write("bots.txt", JSON.parse(fs.readFileSync("isbot/index.mjs", "utf8").match(/var patterns_default = (\[[\s\S]*?\n\]);/)[1]));'
