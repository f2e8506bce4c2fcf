package aplus

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/dop251/goja"
	"github.com/stretchr/testify/require"
)

// These hold the runner to what it is for: a test that should fail must fail, and not only by its assertions.

func TestRunnerFailsWhatIsWrong(t *testing.T) {
	for _, row := range []struct{ name, body, failure string }{
		{"an assertion", `specify("x", function () { assert(false) })`, "AssertionError: expected something true, got false"},
		{"an exception", `specify("x", function (done) { done(); throw 5 })`, "threw 5"},
		{"an assertion that the promise has caught, before done", `specify("x", function (done) {
			adapter.resolved(1).then(function (v) { assert.strictEqual(v, 2) })
			setTimeout(done, 10)
		})`, "an assertion failed inside a callback: AssertionError: expected 2, got 1"},
		{"an assertion that the promise has caught, after done", `specify("x", function (done) {
			var d = adapter.deferred()
			d.promise.then(done).then(function () { assert.notStrictEqual(1, 1) })
			d.resolve()
		})`, "an assertion failed inside a callback: AssertionError: expected anything but 1"},
		{"an assertion of sinon's", `specify("x", function (done) {
			adapter.rejected().then(null, function () { done(); throw {name: "AssertError"} })
		})`, "an assertion failed inside a callback"},
		{"an exception in a timer", `specify("x", function (done) { setTimeout(function () { done(); throw 6 }, 0) })`,
			"a timer's callback threw 6"},
		{"no done", `specify("x", function (done) { adapter.deferred().promise.then(done) })`, "done was called 0 times"},
		{"done twice", `specify("x", function (done) { done(); setTimeout(done, 100) })`, "done was called 2 times"},
		{"done with an error", `specify("x", function (done) { done("no") })`, "done was called with no"},
		{"done too late", `specify("x", function (done) { setTimeout(done, 201) })`, "done was called after 201ms"},
		{"an unruly loop", `specify("x", function again(done) { if (done) done(); setTimeout(again, 10) })`, "did not come to rest"},
		{"a hook", `describe("g", function () { afterEach(function () { throw 7 }); specify("x", function () {}) })`, "threw 7"},
		{"an error from Go", `specify("x", function () { adapter.resolved().then(goPanic) })`, "unhandled rejection from Go"},
		{"a panic in Go", `specify("x", function () { goPanic() })`, "panic: a defect"},
	} {
		t.Run(row.name, func(t *testing.T) {
			outcomes := runSource(t, row.body)
			require.Len(t, outcomes, 1)
			require.Contains(t, strings.Join(outcomes[0].Failures, "\n"), row.failure)
		})
	}
}

func TestRunnerRunsTestsInOrderWithTheirHooks(t *testing.T) {
	outcomes := runSource(t, `
		var log = ""
		describe("outer", function () {
			beforeEach(function () { log += "1" })
			afterEach(function () { log += "5;" })
			describe("inner", function () {
				beforeEach(function () { log += "2" })
				afterEach(function () { log += "4" })
				specify("x", function (done) { setTimeout(function () { log += "3"; done() }, 200) })
			})
			specify("y", function () { log += "-" })
		})
		specify("z", function () {
			assert.strictEqual(log, "12345;1-5;")
			adapter.rejected(new Error("nobody reacts, and nobody has to"))
		})`)
	require.Equal(t, []Outcome{{Name: "outer inner x"}, {Name: "outer y"}, {Name: "z"}}, outcomes)
}

func TestTimersKeepTheirOrderAndCanBeCleared(t *testing.T) {
	outcomes := runSource(t, `
		specify("x", function (done) {
			var log = ""
			setTimeout(function () { log += "c" }, 5)
			setTimeout(function () { log += "a" }, 0)
			setTimeout(function () { log += "b" })
			clearTimeout(setTimeout(function () { log += "never" }, 1))
			setTimeout(function () { assert.strictEqual(log, "abc"); done() }, 10)
		})`)
	require.Equal(t, []Outcome{{Name: "x"}}, outcomes)
}

func TestRequireKnowsOnlyTheSuite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := newRunner().modules.run("test", `require("fs")`)
		require.ErrorContains(t, err, `require("fs"): only assert, sinon and files of the suite`)
	})
}

// runSource runs a test file of one's own.
func runSource(t *testing.T, source string) (outcomes []Outcome) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRunner()
		require.NoError(t, r.vm.Set("goPanic", func(goja.FunctionCall) goja.Value { panic("a defect") }))
		_, err := r.modules.run("test", `var assert = require("assert");`+source)
		require.NoError(t, err)
		outcomes = r.run(t.Context())
	})
	return outcomes
}
