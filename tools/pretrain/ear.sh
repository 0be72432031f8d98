#!/bin/sh
# Makes models/ear again; see README.md beside this file. Run from the repository's root, after npx tsc.
set -e
node dist/tools/pretrain/teach.js "$@"
/usr/bin/python3 tools/pretrain/ear.py
node dist/tools/pretrain/pack.js
node dist/tools/pretrain/evaluate.js "$@"
node dist/tools/pretrain/card.js
node dist/tools/sample/main.js
