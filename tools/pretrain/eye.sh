#!/bin/sh
# Makes models/eye, which does not ship yet; see README.md beside this file. Run from the repository's root, after npx tsc.
set -e
node dist/tools/pretrain/look.js
/usr/bin/python3 tools/pretrain/eye.py
node dist/tools/pretrain/pack.js eye
node dist/tools/pretrain/evaluate-eye.js
node dist/tools/pretrain/card-eye.js
