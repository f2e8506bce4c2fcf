package aplus

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/dop251/goja"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

const (
	// timeout is how long a test may take until it calls done: what the suite's own runner gives it.
	timeout = 200 * time.Millisecond

	// patience is for what a test leaves behind. A loop that is still busy then never comes to rest.
	patience = time.Minute
)

// Outcome says how a test went.
type Outcome struct {
	Name     string
	Failures []string // empty if it passed
}

// runner runs tests one after the other on one loop: promises that the suite makes while its files load are used by tests
// that run later.
type runner struct {
	vm      *goja.Runtime
	loop    *scheduler.Scheduler
	adapter *adapter
	modules *modules
	mocha   *mocha

	failures []string // of the test that is running
}

// newRunner makes the surroundings that a test file expects.
func newRunner() *runner {
	r := &runner{vm: goja.New()}
	r.loop = scheduler.New(scheduler.WithUnhandled(r.unhandled))
	r.adapter = newAdapter(r.vm, r.loop)
	r.modules = newModules(r.vm)
	r.mocha = newMocha(r.vm)
	newTimers(r.loop, func(err error) { r.fail("a timer's callback threw %s", trace(err)) }).install(r.vm)
	must(r.vm.GlobalObject().Set("adapter", r.adapter.object()))
	if _, err := r.modules.run("assert", assertJS); err != nil {
		panic(err) // it is a file of ours
	}
	return r
}

// RunSuite runs the suite that is installed in the directory nodeModules. Call it in a synctest bubble: the suite waits for
// several seconds in all.
func RunSuite(ctx context.Context, nodeModules string) ([]Outcome, error) {
	r := newRunner()
	if err := r.modules.sinon(filepath.Join(nodeModules, "sinon", "pkg", "sinon.js")); err != nil {
		return nil, err
	}
	if _, err := r.modules.load(filepath.Join(nodeModules, "promises-aplus-tests", "lib", "testFiles.js")); err != nil {
		return nil, err
	}
	return r.run(ctx), nil
}

func (r *runner) run(ctx context.Context) []Outcome {
	outcomes := make([]Outcome, 0, len(r.mocha.tests))
	for _, t := range r.mocha.tests {
		r.failures = nil
		r.test(ctx, t)
		outcomes = append(outcomes, Outcome{t.name(), r.failures})
	}
	return outcomes
}

// test runs t, and then its loop until nothing is left to do, so that what goes wrong after done counts as well.
func (r *runner) test(ctx context.Context, t *test) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer t.group.afterEach(r.call)
	t.group.beforeEach(r.call)

	begin := time.Now()
	ends := 0
	done := r.vm.ToValue(func(call goja.FunctionCall) goja.Value {
		ends++
		if late := time.Since(begin); late > timeout {
			r.fail("done was called after %v, later than %v", late, timeout)
		}
		if err := call.Argument(0); !goja.IsUndefined(err) {
			r.fail("done was called with %s", err)
		}
		return goja.Undefined()
	})
	if t.async {
		r.call(func(this goja.Value, _ ...goja.Value) (goja.Value, error) { return t.body(this, done) })
	} else {
		r.call(t.body)
		ends++
	}
	if err := r.loop.Run(ctx); err != nil {
		r.fail("the loop did not come to rest: %v", err)
	}
	if ends != 1 {
		r.fail("done was called %d times", ends)
	}
}

// call calls what the suite has given us. It may throw, and a defect in the library may even panic.
func (r *runner) call(fn goja.Callable) {
	defer func() {
		if v := recover(); v != nil {
			r.fail("panic: %v", v)
		}
	}()
	if _, err := fn(goja.Undefined()); err != nil {
		r.fail("threw %s", trace(err))
	}
}

func (r *runner) fail(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(r.failures, text) {
		r.failures = append(r.failures, text)
	}
}

// unhandled gets the rejections that no test has reacted to. Most of them are meant to be there. Two kinds are not: an
// assertion that has failed inside a callback of then, which the suite itself loses since the promise catches it; and an
// error from Go that no test asks for.
func (r *runner) unhandled(err error) {
	value, ok := javaScript(err)
	switch {
	case ok && r.isAssertion(value):
		r.fail("an assertion failed inside a callback: %s", value)
	case !ok && !errors.Is(err, promise.ErrCycle):
		r.fail("unhandled rejection from Go: %v", err)
	}
}

// isAssertion reports whether v is what our assert or sinon's throws.
func (r *runner) isAssertion(v goja.Value) bool {
	object, ok := v.(*goja.Object)
	if !ok {
		return false
	}
	found := false
	_ = r.vm.Try(func() { // the suite's reasons include objects whose getters throw, and those are no assertions
		name := object.Get("name")
		found = name != nil && (name.String() == "AssertionError" || name.String() == "AssertError")
	})
	return found
}

// trace is err with its JavaScript stack, if it has one.
func trace(err error) string {
	var ex *goja.Exception
	if errors.As(err, &ex) {
		return ex.String()
	}
	return err.Error()
}
