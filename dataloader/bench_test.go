package dataloader_test

import (
	"context"
	"testing"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func fetchSquares(_ context.Context, keys []int) ([]int, error) {
	values := make([]int, len(keys))
	for i, k := range keys {
		values[i] = k * k
	}
	return values, nil
}

// BenchmarkOneLoad is a whole request with one load: everything from New to the value.
func BenchmarkOneLoad(b *testing.B) {
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		s := scheduler.New()
		if v, err := dataloader.New(s, fetchSquares).Load(3).Await(ctx); v != 9 || err != nil {
			b.Fatal(v, err)
		}
	}
}

func BenchmarkThousandKeys(b *testing.B) {
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		s := scheduler.New()
		squares := dataloader.New(s, fetchSquares)
		for k := range 1000 {
			squares.Load(k)
		}
		if err := s.Run(ctx); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/key")
}

func BenchmarkHit(b *testing.B) {
	squares := dataloader.New(scheduler.New(), fetchSquares).Prime(3, 9)
	b.ReportAllocs()
	for b.Loop() {
		squares.Load(3)
	}
}

// BenchmarkTwoRounds loads a thousand users and then the best friend of each.
func BenchmarkTwoRounds(b *testing.B) {
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		s := scheduler.New()
		squares := dataloader.New(s, fetchSquares)
		for k := range 1000 {
			promise.Then(squares.Load(k), squares.Load)
		}
		if err := s.Run(ctx); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/user")
}
