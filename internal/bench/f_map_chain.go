package bench

import (
	"context"

	"github.com/samber/mo"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// mapChain is row F: a chain of n steps that return a value. Each step has a closure of its own, in every language.
func mapChain() Workload {
	return Workload{
		Row: "F", Title: "a chain of 1 000 Map", Unit: "hop", N: 1_000,
		Want: func(n int) Answer { return Answer{Sum: sumTo(n)} },
		Contenders: []Contender{
			{Name: Floor, Prepare: chainFloor},
			{Name: Batchtick, Prepare: mapChainBatchtick},
			{Name: "mo", Prepare: mapChainMo},
		},
	}
}

// chainFloor makes the same closures, keeps them in a slice, and calls one after the other. There is no value that comes
// later and no error that would have to be passed on.
func chainFloor(n int) func() Answer {
	return func() Answer {
		var steps []func(int) (int, error)
		for i := range n {
			steps = append(steps, func(v int) (int, error) { return v + i, nil })
		}
		sum := 0
		for _, step := range steps {
			sum, _ = step(sum)
		}
		return Answer{Sum: sum}
	}
}

func mapChainBatchtick(n int) func() Answer {
	ctx := context.Background()
	return func() Answer {
		p := promise.Resolve(scheduler.New(), 0)
		for i := range n {
			p = promise.Map(p, func(v int) (int, error) { return v + i, nil })
		}
		sum, err := p.Await(ctx)
		mustWork(err)
		return Answer{Sum: sum}
	}
}

// mapChainMo settles the first future when the chain is built, which is the best case for mo: on a settled future Then
// starts a goroutine.
func mapChainMo(n int) func() Answer {
	return func() Answer {
		built := make(chan struct{})
		f := mo.NewFuture(func(resolve func(int), _ func(error)) {
			<-built
			resolve(0)
		})
		for i := range n {
			f = f.Then(func(v int) (int, error) { return v + i, nil })
		}
		close(built)
		sum, err := f.Collect()
		mustWork(err)
		return Answer{Sum: sum}
	}
}
