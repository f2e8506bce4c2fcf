package promise_test

import (
	"context"
	"testing"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func increment(n int) (int, error) { return n + 1, nil }

// Each benchmark does size steps an operation and reports the time of one step.
const size = 1000

func perStep(b *testing.B) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/size, "ns/step")
}

func BenchmarkMapChain(b *testing.B) {
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		s := scheduler.New()
		p := promise.Resolve(s, 0)
		for range size {
			p = promise.Map(p, increment)
		}
		if v, err := p.Await(ctx); v != size || err != nil {
			b.Fatal(v, err)
		}
	}
	perStep(b)
}

func BenchmarkThenChain(b *testing.B) {
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		s := scheduler.New()
		step := func(n int) *promise.Promise[int] { return promise.Resolve(s, n+1) }
		p := promise.Resolve(s, 0)
		for range size {
			p = promise.Then(p, step)
		}
		if v, err := p.Await(ctx); v != size || err != nil {
			b.Fatal(v, err)
		}
	}
	perStep(b)
}

func BenchmarkSelfReturningChain(b *testing.B) {
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		s := scheduler.New()
		var step func(n int) *promise.Promise[int]
		step = func(n int) *promise.Promise[int] {
			if n == size {
				return promise.Resolve(s, n)
			}
			return promise.Then(promise.Resolve(s, n+1), step)
		}
		if v, err := step(0).Await(ctx); v != size || err != nil {
			b.Fatal(v, err)
		}
	}
	perStep(b)
}

func BenchmarkAll(b *testing.B) {
	ctx := context.Background()
	s := scheduler.New()
	ps := make([]*promise.Promise[int], size)
	for i := range ps {
		ps[i] = promise.Resolve(s, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if vs, err := promise.All(s, ps...).Await(ctx); len(vs) != size || err != nil {
			b.Fatal(vs, err)
		}
	}
	perStep(b)
}

func BenchmarkAsync(b *testing.B) {
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		s := scheduler.New()
		p, r := promise.WithResolvers[int](s)
		q := promise.Map(p, increment)
		for range size {
			promise.Async(s, func(ctx context.Context) (int, error) {
				v, _ := p.Await(ctx)
				w, _ := q.Await(ctx)
				return v + w, nil
			})
		}
		s.Enqueue(scheduler.JobFunc(func() { r.Resolve(1) }))
		if err := s.Run(ctx); err != nil {
			b.Fatal(err)
		}
	}
	perStep(b)
}
