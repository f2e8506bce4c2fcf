package promise

import (
	"context"
	"reflect"
	"runtime"
	"strings"

	"github.com/batchtick/batchtick/scheduler"
)

// Go runs fn in a goroutine of its own and makes a promise of what it returns: the way to blocking calls. A panic in fn
// rejects with a *PanicError, runtime.Goexit with ErrGoexit, and the end of Run's ctx with its cause. It may be called on
// the loop's goroutine only; fn begins when Run does, and must not touch what belongs to the loop.
func Go[T any](s *scheduler.Scheduler, fn func(ctx context.Context) (T, error)) *Promise[T] {
	g := &goOperation[T]{fn: fn}
	g.promise.s = must(s)
	if fn == nil {
		g.promise.reject(ErrNilCallback)
		return &g.promise
	}
	s.StartIn(&g.flight, g)
	return &g.promise
}

type goOperation[T any] struct {
	promise Promise[T]
	flight  scheduler.Flight
	fn      func(context.Context) (T, error)
	result  Result[T] // written in Do, and read in Done when that has come to its end
}

// Do implements scheduler.Operation.
func (g *goOperation[T]) Do(ctx context.Context) {
	g.result.Value, g.result.Err = g.fn(ctx)
}

// String is for scheduler.Dump.
func (g *goOperation[T]) String() string {
	name := runtime.FuncForPC(reflect.ValueOf(g.fn).Pointer()).Name()
	return "promise.Go of " + name[strings.LastIndexByte(name, '/')+1:]
}

// Done implements scheduler.Operation.
func (g *goOperation[T]) Done(err error) {
	switch {
	case err != nil:
		g.promise.reject(err)
	case g.result.Err != nil:
		g.promise.reject(g.result.Err)
	default:
		g.promise.fulfil(g.result.Value)
	}
}
