import { flag, record, str } from "../pve/data.ts";
import type { Answer, Block } from "../render/answer.ts";
import { parsePropertyText } from "../schema/split-property.ts";
