#!/bin/sh
# Makes models/eye, models/eye-wide and models/stride again; see README.md beside this file. Run from the repository's root, after npx tsc.
set -e
node dist/tools/pretrain/draw.js
/usr/bin/python3 tools/pretrain/airspace.py
/usr/bin/python3 tools/pretrain/eye.py
/usr/bin/python3 tools/pretrain/eye_wide.py
/usr/bin/python3 tools/pretrain/stride.py
node dist/tools/pretrain/pack-nets.js
node dist/tools/pretrain/evaluate-nets.js
node dist/tools/pretrain/evaluate-wide.js
node dist/tools/pretrain/card-nets.js
