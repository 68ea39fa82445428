import { formatPortRange } from './port-range.ts';
import { formatRuleAction } from './rule-action.ts';
import { RULE_CONDITIONS, type RuleSettings } from './rule-settings.ts';

/** The lines of `rules:`, a rule a line. `scalar` quotes text where YAML needs it. */
export function ruleLines(rules: readonly RuleSettings[], scalar: (text: string) => string): readonly string[] {
  if (rules.length === 0) return ['rules: []'];
  return ['rules:', ...rules.map((rule) => `  - { ${ruleParts(rule, scalar).join(', ')} }`)];
}

/** The lines of `siteGroups:`, a group a line. */
export function siteGroupLines(groups: readonly (readonly string[])[], scalar: (text: string) => string) {
  if (groups.length === 0) return ['siteGroups: []'];
  return ['siteGroups:', ...groups.map((group) => `  - [${group.map(scalar).join(', ')}]`)];
}

function ruleParts(rule: RuleSettings, scalar: (text: string) => string): string[] {
  const conditions = RULE_CONDITIONS.flatMap((condition) => {
    const entries = rule[condition]?.map((entry) =>
      typeof entry === 'string' ? scalar(entry) : formatPortRange(entry),
    );
    return entries === undefined ? [] : [`${condition}: [${entries.join(', ')}]`];
  });
  return [
    ...conditions,
    `to: ${formatRuleAction(rule.to)}`,
    ...(rule.whenDown === undefined ? [] : [`whenDown: ${rule.whenDown}`]),
  ];
}
