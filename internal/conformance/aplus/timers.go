package aplus

import (
	"time"

	"github.com/dop251/goja"

	"github.com/batchtick/batchtick/scheduler"
)

// timers is setTimeout and clearTimeout on a scheduler. That two timers of no delay fire in the order in which they were
// made, which the suite relies on, is the scheduler's doing.
type timers struct {
	loop     *scheduler.Scheduler
	running  map[int64]*scheduler.Timer
	last     int64
	uncaught func(error) // gets what a callback throws
}

func newTimers(loop *scheduler.Scheduler, uncaught func(error)) *timers {
	return &timers{loop: loop, running: map[int64]*scheduler.Timer{}, uncaught: uncaught}
}

func (t *timers) install(vm *goja.Runtime) {
	must(vm.Set("setTimeout", t.set))
	must(vm.Set("clearTimeout", t.clear))
}

func (t *timers) set(call goja.FunctionCall, vm *goja.Runtime) goja.Value {
	fn, ok := goja.AssertFunction(call.Argument(0))
	if !ok {
		panic(vm.NewTypeError("setTimeout needs a function"))
	}
	t.last++
	id := t.last
	t.running[id] = t.loop.AfterFunc(time.Duration(call.Argument(1).ToInteger())*time.Millisecond, func() {
		delete(t.running, id)
		if _, err := fn(goja.Undefined()); err != nil {
			t.uncaught(err)
		}
	})
	return vm.ToValue(id)
}

func (t *timers) clear(id int64) {
	if timer, ok := t.running[id]; ok {
		timer.Stop()
		delete(t.running, id)
	}
}
