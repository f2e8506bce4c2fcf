package aplus

import (
	"github.com/dop251/goja"
)

// mocha collects tests: it is describe, specify, beforeEach and afterEach of the test runner that the suite was written
// for. run.go runs what it has collected.
type mocha struct {
	vm      *goja.Runtime
	current *group
	tests   []*test
}

// group is a describe.
type group struct {
	title         string
	parent        *group // nil for the outermost, which has no title either
	before, after []goja.Callable
}

// test is a specify.
type test struct {
	title string
	group *group
	body  goja.Callable
	async bool // it takes an argument, done, to call when it has come to its end
}

func newMocha(vm *goja.Runtime) *mocha {
	m := &mocha{vm: vm, current: &group{}}
	must(vm.Set("describe", m.describe))
	must(vm.Set("specify", m.specify))
	must(vm.Set("beforeEach", func(call goja.FunctionCall) goja.Value {
		m.current.before = append(m.current.before, m.function(call.Argument(0)))
		return goja.Undefined()
	}))
	must(vm.Set("afterEach", func(call goja.FunctionCall) goja.Value {
		m.current.after = append(m.current.after, m.function(call.Argument(0)))
		return goja.Undefined()
	}))
	return m
}

func (m *mocha) describe(call goja.FunctionCall) goja.Value {
	body := m.function(call.Argument(1))
	m.current = &group{title: call.Argument(0).String(), parent: m.current}
	_, err := body(goja.Undefined())
	m.current = m.current.parent
	if err != nil {
		panic(exception(err))
	}
	return goja.Undefined()
}

func (m *mocha) specify(call goja.FunctionCall) goja.Value {
	m.tests = append(m.tests, &test{
		title: call.Argument(0).String(),
		group: m.current,
		body:  m.function(call.Argument(1)),
		async: call.Argument(1).ToObject(m.vm).Get("length").ToInteger() > 0,
	})
	return goja.Undefined()
}

func (m *mocha) function(v goja.Value) goja.Callable {
	fn, ok := goja.AssertFunction(v)
	if !ok {
		panic(m.vm.NewTypeError("expected a function, got %s", v))
	}
	return fn
}

// name is the title of t after those of its groups.
func (t *test) name() string {
	name := t.title
	for g := t.group; g.parent != nil; g = g.parent {
		name = g.title + " " + name
	}
	return name
}

// beforeEach calls the hooks of t's groups with do, the outermost first.
func (g *group) beforeEach(do func(goja.Callable)) {
	if g == nil {
		return
	}
	g.parent.beforeEach(do)
	for _, hook := range g.before {
		do(hook)
	}
}

// afterEach is the same, the innermost first.
func (g *group) afterEach(do func(goja.Callable)) {
	for ; g != nil; g = g.parent {
		for _, hook := range g.after {
			do(hook)
		}
	}
}
