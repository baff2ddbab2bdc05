import {describe, expect, it} from 'vitest'
import {fillTemplate, type TemplateValues} from '../../../src/lib/render/fill-template.ts'

describe('the template filler', () => {
  it('fills values, conditions and rows, and takes lines that hold only a tag away', () => {
    const template = 'a {{x}}\n{{#if on}}\nyes\n{{/if}}\n  {{#each rows}}\n- {{name}} {{x}}\n  {{/each}}\nend'
    const values = {x: 1, on: true, rows: [{name: 'b'}, {name: 'c'}]}
    expect(fillTemplate(template, values)).toBe('a 1\nyes\n- b 1\n- c 1\nend')
    expect(fillTemplate('{{#if on}}no{{/if}}.', {on: false})).toBe('.')
  })

  it.each<[string, string, TemplateValues, string]>([
    ['a value that is missing', '{{x}}', {}, 'needs a value for x'],
    ['a value that is not used', 'a', {x: 1}, 'does not use x'],
    ['a value of two lines', '{{x}}', {x: 'a\nb'}, 'one line'],
    ['a block without end', '{{#if x}}a', {x: true}, 'lacks {{/if}}'],
    ['an end without block', 'a{{/if}}', {}, 'needs a value for /if'],
    ['a condition on a text', '{{#if x}}{{/if}}', {x: 'a'}, 'takes a boolean'],
    ['rows that are none', '{{#each x}}{{/each}}', {x: 'a'}, 'takes rows'],
    ['no rows', '{{#each x}}{{/each}}', {x: []}, 'has no rows'],
    ['rows in a place for a text', '{{x}}', {x: [{a: 1}]}, 'not a text'],
  ])('refuses %s', (_, ...[template, values, message]) => {
    expect(() => fillTemplate(template, values)).toThrow(message)
  })
})
