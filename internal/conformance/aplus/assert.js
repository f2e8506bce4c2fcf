// The part of node's assert module that the suite uses.
"use strict";

function AssertionError(message) {
    this.name = "AssertionError";
    this.message = message;
    this.stack = new Error(message).stack;
}
AssertionError.prototype = Object.create(Error.prototype);

function show(value) {
    try {
        return typeof value === "function" ? "a function" : String(JSON.stringify(value) || value);
    } catch (e) {
        return Object.prototype.toString.call(value);
    }
}

function assert(value) {
    if (!value) {
        throw new AssertionError("expected something true, got " + show(value));
    }
}

assert.strictEqual = function (actual, expected) {
    if (!Object.is(actual, expected)) {
        throw new AssertionError("expected " + show(expected) + ", got " + show(actual));
    }
};

assert.notStrictEqual = function (actual, expected) {
    if (Object.is(actual, expected)) {
        throw new AssertionError("expected anything but " + show(expected));
    }
};

module.exports = assert;
