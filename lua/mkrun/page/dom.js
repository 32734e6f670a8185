// dom.js: elements with text that is data.  Nothing here parses HTML.

const byId = id => document.getElementById(id);

// The same characters as in unseen.lua: what nobody sees is shown by its number.
const UNSEEN = new RegExp(
  "[\\0-\\x08\\x0B-\\x1F\\x7F-\\x9F\\xAD\\u034F\\u061C\\u115F\\u1160" +
    "\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u2028-\\u202E" +
    "\\u2060-\\u206F\\u2800\\u3164\\uFEFF\\uFFA0\\uFFF9-\\uFFFB]|" +
    "[\\u{E0000}-\\u{E0FFF}]",
  "gu",
);

const codeOf = c =>
  "[U+" + c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "]";

const shown = text => String(text).replace(UNSEEN, codeOf);

// Makes an element.  A child that is a text is data.
function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(9)) {
    if (child == null || child === false) continue;
    element.append(child instanceof Node ? child : shown(child));
  }
}

// A text of a stranger, whose reading direction stays inside it.
const data = text => el("bdi", {}, text);

// Replaces what an element contains.
function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

const number = n => n.toLocaleString("en");

const plural = (n, one, many) => number(n) + " " + (n === 1 ? one : many);
