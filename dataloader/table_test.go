package dataloader

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// FuzzTable holds the table to what a Go map does. Each pair of bytes is an operation and a key.
func FuzzTable(f *testing.F) {
	f.Add([]byte{0, 1, 0, 1, 1, 1, 0, 1, 2, 1})
	var fill, churn []byte
	for i := range 200 {
		fill = append(fill, 0, byte(i))
		churn = append(churn, 0, byte(i), 1, byte(i))
	}
	f.Add(fill)
	f.Add(append(fill, churn...))
	f.Fuzz(func(t *testing.T, program []byte) {
		s := scheduler.New()
		table, model := newTable[byte](), map[byte]*promise.Promise[int]{}
		for i := 0; i+1 < len(program); i += 2 {
			key := program[i+1]
			switch program[i] % 8 {
			case 0, 1, 2, 3:
				p := promise.Resolve(s, i)
				table.Set(key, p)
				model[key] = p
			case 4, 5, 6:
				table.Delete(key)
				delete(model, key)
			case 7:
				if key%16 == 0 {
					table.Clear()
					clear(model)
				}
			}
			p, ok := table.Get(key)
			if want, wanted := model[key]; ok != wanted || p != want {
				t.Fatalf("after operation %d, %v is %v, %v; the map has %v, %v", i, key, p, ok, want, wanted)
			}
		}
		require.Equal(t, len(model), table.live)
		for key := range 256 {
			if p, _ := table.Get(byte(key)); p != model[byte(key)] {
				t.Fatalf("in the end, %v is %v; the map has %v", key, p, model[byte(key)])
			}
		}
	})
}

func newTable[K comparable]() *table[K, int] { return (*table[K, int])(nil).empty().(*table[K, int]) }

// A loader that lives long and clears what it loaded must not collect the rows of it.
func TestATableForgetsWhatWasDeleted(t *testing.T) {
	s := scheduler.New()
	table := newTable[int]()
	for i := range 1_000_000 {
		table.Set(i, promise.Resolve(s, i))
		table.Delete(i - 100)
	}

	require.Equal(t, 100, table.live)
	require.LessOrEqual(t, cap(table.rows), 256)
	require.LessOrEqual(t, len(table.index), 1024)
}

func TestATableForgetsTheEarlierEntriesOfAKey(t *testing.T) {
	s := scheduler.New()
	table := newTable[int]()
	for range 1000 {
		table.Set(1, promise.Resolve(s, 1))
		table.Delete(1)
	}

	require.LessOrEqual(t, cap(table.rows), few)
}

// As the queue of a loader, the table keeps what was asked for until it is dispatched, whatever is deleted meanwhile, and
// tells it from what was primed.
func TestATableKeepsItsQueue(t *testing.T) {
	s := scheduler.New()
	table := newTable[int]()
	var want []*entry[int, int]
	for round := range 20 {
		want = want[:0]
		for i := range 10 * round {
			_, place := table.find(i)
			want = append(want, table.load(s, i, place))
			table.Set(1000+i, promise.Resolve(s, i))
			table.Delete(i)
			table.Delete(1000 + i)
		}
		require.Equal(t, len(want), len(table.queued()))
		for i, e := range table.queued() {
			require.Same(t, want[i], e)
		}
		table.dispatched()
		require.Empty(t, table.queued())
	}
	require.Zero(t, table.live)
	require.LessOrEqual(t, cap(table.rows), 1024)
}

// NaN is not equal to itself: a map never finds it, and neither does a table.
func TestATableNeverFindsNaN(t *testing.T) {
	s := scheduler.New()
	table := newTable[float64]()
	for range 100 {
		table.Set(math.NaN(), promise.Resolve(s, 1))
		_, ok := table.Get(math.NaN())
		require.False(t, ok)
	}
	table.Set(math.Copysign(0, -1), promise.Resolve(s, 2))
	p, ok := table.Get(0)
	require.True(t, ok)
	require.Equal(t, promise.Fulfilled, p.State())
}

// A key that can't be hashed must not be kept: later, when the table grows, it would harm the load of another.
func TestATableRefusesAKeyThatCantBeHashed(t *testing.T) {
	type pair struct{ a any }
	s := scheduler.New()
	interfaces, structs := newTable[any](), newTable[pair]()
	for name, call := range map[string]func(){
		"Set":    func() { interfaces.Set([]int{1}, promise.Resolve(s, 1)) },
		"Get":    func() { interfaces.Get([]int{1}) },
		"Delete": func() { interfaces.Delete([]int{1}) },
		"struct": func() { structs.Set(pair{[]int{1}}, promise.Resolve(s, 1)) },
	} {
		require.Panics(t, call, name)
	}
	require.Empty(t, interfaces.rows)
	for i := range 100 {
		interfaces.Set(i, promise.Resolve(s, i))
	}
	require.Equal(t, 100, interfaces.live)
}
