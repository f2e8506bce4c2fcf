package loadertest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/batchtick/batchtick/dataloader/trace"
)

// TB is what is needed of testing.TB.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
}

// RequireRounds fails the test unless the record has that many rounds: ends of a tick at which a loader sent something.
func RequireRounds(t TB, rec *trace.Recorder, want int) {
	t.Helper()
	if got := rec.Summary().Rounds; got != want {
		fail(t, rec, "want %d rounds, got %d", want, got)
	}
}

// RequireBatches fails the test unless the loader of that name sent exactly these batches, in this order, with the keys in
// the order in which they were asked for. No batches, nil, is for a loader that must not have been asked. Several loaders
// of one name count as one. Goroutines, such as those of a Group or of gqlgen's resolvers, ask in an order that changes from
// run to run: use RequireRounds there, or sort the keys of rec.Batches.
func RequireBatches[K any](t TB, rec *trace.Recorder, loader string, want [][]K) {
	t.Helper()
	var got [][]K
	names := map[string]bool{}
	for _, l := range rec.Loaders() {
		names[l.Name] = true
	}
	if !names[loader] {
		fail(t, rec, "there is no loader %q on the scheduler; there are %v", loader, slices.Sorted(maps.Keys(names)))
		return
	}
	for _, b := range rec.Batches() {
		if b.Loader.Name != loader {
			continue
		}
		keys, ok := b.Keys.([]K)
		if !ok {
			fail(t, rec, "loader %q has keys of type %v, and the batches that are wanted have %v",
				loader, b.Loader.Key, reflect.TypeFor[K]())
			return
		}
		got = append(got, keys)
	}
	if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		fail(t, rec, "loader %q:\nwant batches %v\n         got %v", loader, want, got)
	}
}

// RequireNoSingles fails the test if there is a loader all of whose batches had one key, two or more of them, or three if
// each led to the next: the sign of code that waits for one key before it asks for the next. It is trace's advice Singles.
func RequireNoSingles(t TB, rec *trace.Recorder) {
	t.Helper()
	requireNone(t, rec, func(a trace.Advice) bool { return a.Fault == trace.Singles })
}

// RequireNoAdvice fails the test if the record shows any fault that trace knows.
func RequireNoAdvice(t TB, rec *trace.Recorder) {
	t.Helper()
	requireNone(t, rec, func(trace.Advice) bool { return true })
}

func requireNone(t TB, rec *trace.Recorder, fault func(trace.Advice) bool) {
	t.Helper()
	var found []string
	for _, a := range rec.Summary().Advice {
		if fault(a) {
			found = append(found, a.Text)
		}
	}
	if found != nil {
		fail(t, rec, "%s", strings.Join(found, "\n"))
	}
}

// fail prints the waterfall below what is wrong.
func fail(t TB, rec *trace.Recorder, format string, args ...any) {
	t.Helper()
	t.Fatalf("%s", fmt.Sprintf(format, args...)+"\n\n"+rec.Text(trace.TextPlain()))
}
