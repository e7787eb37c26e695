'use strict';
// The place is in the address behind the #: setup, number of the initial state, numbers of actions.
const by = (id) => document.getElementById(id);
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'onclick') element.addEventListener('click', value);
    else if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};
const ask = async (url, options) => {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(await response.text());
  return response;
};
let setups = [], properties = [], verdicts = [], setup = 0, path = [], now = null, held = null;

const go = (to, of = setup) => { location.hash = `#/${[of, ...to].join('/')}`; };

async function show() {
  const parts = location.hash.replace(/^#\/?/, '').split('/').filter((part) => part !== '').map(Number);
  const other = parts.length ? parts[0] : setups.find((one) => one.first).number;
  if (other !== setup) { verdicts = []; by('progress').textContent = ''; }
  setup = other;
  path = parts.slice(1);
  by('setup').value = setup;
  document.body.dataset.ready = 'no';
  try {
    const asked = path.join('/');
    const place = await (await ask(`/.place/${asked}?setup=${setup}`)).json();
    if (asked !== path.join('/')) return; // somebody was faster
    now = place;
  } catch (error) {
    by('ladder').replaceChildren(make('p', {}, `${error.message} `, make('a', {href: `#/${setup}`}, 'Begin anew')));
    return;
  }
  draw();
  document.body.dataset.ready = 'yes';
  document.body.dataset.steps = String(Math.max(path.length - 1, 0));
}

function draw() {
  const begun = path.length > 0;
  by('number').textContent = setups[setup].figure;
  by('title').textContent = begun ? `The run so far: ${now.steps.length} steps` : 'The run begins';
  for (const id of ['restart', 'back']) by(id).disabled = !begun;
  const hint = now.next.find((one) => one.figure);
  by('follow').disabled = by('again').disabled = !hint;
  by('follow').onclick = () => hint && go([...path, hint.index]);
  drawNext(begun);
  const ladder = by('ladder');
  if (begun && now.steps.length) {
    ladder.innerHTML = now.svg;
    for (const row of ladder.querySelectorAll('.row')) {
      const step = parseInt(row.dataset.stamp, 10);
      row.addEventListener('click', () => go(path.slice(0, step + 1)));
    }
    by('ladder').lastElementChild.scrollIntoView({block: 'nearest'});
  } else {
    ladder.replaceChildren(make('p', {}, begun
      ? 'Nothing has happened yet. Choose on the left what happens first.'
      : 'Choose on the left who the user is; the figures are about an entitled one.'));
  }
  drawRoles();
  by('figure').replaceChildren(...(now.figure || []).map((arrow) => make('li', {class: arrow.step ? 'done' : '', title: arrow.sentence},
    make('span', {class: 'sign'}, arrow.step ? '✓' : '·'),
    make('span', {class: 'who'}, `${arrow.from} → ${arrow.to}: ${arrow.message}`),
    arrow.label === arrow.message ? '' : make('span', {class: 'step'}, arrow.label))));
  drawProperties();
}

function drawNext(begun) {
  const groups = begun
    ? [['message', 'A message arrives'], ['does', 'Somebody acts unasked, or time passes']]
    : [['start', 'Who is the user?']];
  const items = [];
  for (const [kind, heading] of groups) {
    const ones = now.next.filter((one) => one.kind === kind);
    if (!ones.length) continue;
    items.push(make('h3', {}, heading));
    for (const one of ones) {
      items.push(make('button', {class: one.figure ? 'figure' : '', 'data-index': one.index, onclick: () => go([...path, one.index])},
        one.label ? make('span', {class: 'step'}, one.label) : '',
        make('span', {class: 'what'}, one.action),
        one.cost ? make('span', {class: 'cost', title: 'A run has only so many events: what no message causes'}, 'event') : ''));
    }
  }
  if (!items.length) items.push(make('p', {}, 'Nothing can happen any more.'));
  by('next').replaceChildren(...items);
}

function drawRoles() {
  const old = held || {};
  held = {};
  const cards = [], empty = [];
  for (const {name, lines} of now.roles || []) {
    held[name] = lines;
    if (!lines.length) { empty.push(name); continue; }
    const isNew = (line) => name in old && !old[name].includes(line);
    cards.push(make('article', {class: lines.some(isNew) ? 'new' : '', 'data-role': name},
      make('h3', {}, name),
      make('ul', {}, ...lines.map((line) => make('li', {class: isNew(line) ? 'new' : ''}, line)))));
  }
  if (empty.length) cards.push(make('p', {}, `Nothing: ${empty.join(', ')}`));
  by('roles').replaceChildren(...cards);
  if (!now.roles) held = null;
}

function drawProperties() {
  const signs = {kept: '✓', reached: '✓', broken: '✗', 'nothing to say': '·'};
  by('properties').replaceChildren(...(now.properties || []).map(({number, stands}) => {
    const {name, says, sentences} = properties[number];
    const verdict = verdicts[number];
    const broken = verdict && verdict.holds === false;
    const item = make('li', {class: stands === 'nothing to say' ? 'silent' : stands, title: `${says} Here: ${stands}. (${sentences.join(', ')})`, 'data-property': name},
      make('span', {class: 'sign'}, signs[stands]), make('span', {}, name));
    if (broken) item.append(verdict.path ? make('a', {href: `#/${[setup, ...verdict.path].join('/')}`}, 'broken: show') : 'broken');
    else if (verdict && verdict.holds) item.append(make('span', {class: 'cost'}, 'holds'));
    return item;
  }));
}

async function find(event) {
  event.preventDefault();
  const said = by('found');
  said.className = '';
  said.textContent = 'searching …';
  const query = new URLSearchParams({setup, property: by('property').value, is: by('is').value, words: by('words').value});
  const from = by('anew').checked ? '' : path.join('/');
  try {
    const found = await (await ask(`/.search/${from}?${query}`)).json();
    const looked = `${found.states.toLocaleString('en')} states looked at`;
    if (found.path) {
      said.textContent = `found; ${looked}`;
      go(found.path);
    } else {
      said.className = 'bad';
      said.textContent = found.states === 0 ? 'say what to look for'
        : found.complete ? `there is no such state behind this one (${looked})`
        : `not among the nearest: ${looked}, there are more`;
    }
  } catch (error) { said.textContent = error.message; }
}

async function watch() {
  const status = await (await ask(`/.status?setup=${setup}`)).json();
  const count = `${status.unique_state_count.toLocaleString('en')} states, ${status.seconds.toFixed(1)} s`;
  if (!status.done) {
    by('progress').textContent = count;
    setTimeout(watch, 500);
    return;
  }
  verdicts = status.verdicts;
  const broken = verdicts.filter((one) => one.holds === false).length;
  by('progress').textContent = `${count}: ${broken ? `${broken} properties are broken` : 'every property holds'}`;
  if (now) drawProperties();
}

async function begin() {
  ({setups, properties} = await (await ask('/.setups')).json());
  by('setup').replaceChildren(...setups.map(({number, name, figure}) => make('option', {value: number}, `${name}: Figure ${figure}`)));
  by('property').append(...properties.map(({number, name}) => make('option', {value: number}, name)));
  by('property').addEventListener('change', () => {
    const chosen = properties[by('property').value];
    const possible = chosen && chosen.kind === 'possible';
    by('is').value = possible ? 'reached' : 'met';
    for (const option of by('is').options) option.disabled = !possible && option.value === 'reached';
  });
  by('setup').addEventListener('change', () => go([], by('setup').value));
  by('restart').onclick = () => go([]);
  by('back').onclick = () => go(path.slice(0, -1));
  by('again').onclick = async () => {
    while (!by('follow').disabled) {
      const before = path.length;
      by('follow').click();
      await new Promise((next) => {
        const wait = () => (path.length > before && document.body.dataset.ready === 'yes' ? next() : setTimeout(wait, 20));
        wait();
      });
    }
  };
  by('search').addEventListener('submit', find);
  by('whole').onclick = async () => { await ask(`/.runtocompletion?setup=${setup}`, {method: 'POST'}); watch(); };
  addEventListener('keydown', (event) => {
    if (event.target.matches('input, select') || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = {ArrowLeft: 'back', ArrowRight: 'follow', Home: 'restart'}[event.key];
    if (button && !by(button).disabled) { event.preventDefault(); by(button).click(); }
  });
  addEventListener('hashchange', show);
  await show();
}
begin();
