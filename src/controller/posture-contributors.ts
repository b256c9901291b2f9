/** Who else has a part in what a posture says, and is told of what is judged for it. */
import type { Judged, UntimedCondition } from '../core/status.ts';
import type { EnforcedSummary } from './enforced-condition.ts';
import type { PlannedView } from './namespace-enforcement.ts';
import type { PostureScope } from './posture-store.ts';
import type { Change } from './store.ts';

/** Who repairs what was found. */
export interface Repairs {
  /** A scope was judged; without a judgement it is gone. */
  noteJudged(scope: PostureScope, judged: Judged | undefined): void;
  /** What its posture says of repairs. */
  conditionOf(scope: PostureScope): UntimedCondition;
  /** Something that rules can see is different now. */
  noteChange(change: Change): void;
}

/** Who has the API server enforce what policies say. */
export interface Enforcement {
  /** What policies say may be something else now. */
  review(): void;
  /** Something that rules can see is different now. */
  noteChange(change: Change): void;
  /** What has become of it; undefined until that is known. */
  summary(): EnforcedSummary | undefined;
  /** What is to be enforced; undefined where that is not known. */
  planned(): PlannedView | undefined;
}
