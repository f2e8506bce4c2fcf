package trace

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/batchtick/batchtick/dataloader"
)

// Fault is what an Advice is about.
type Fault string

// The faults that a record shows.
const (
	Singles   Fault = "singles"    // all batches of a loader had one key
	SameKeys  Fault = "same keys"  // two loaders were asked for the same keys at the same time
	Chain     Fault = "chain"      // a loader waited for another, and was then asked for the keys that that one had
	Split     Fault = "split"      // a maximum cut the keys of a round
	MadeTwice Fault = "made twice" // a loader was created more than once
	Nested    Fault = "nested"     // an Await in a callback forced a round
)

// Advice names a fault that the record shows, and the remedy. It names no keys. What the program meant can't be seen in a
// record, so take it as a question.
type Advice struct {
	Fault   Fault    `json:"fault"`
	Loaders []string `json:"loaders,omitempty"`
	Text    string   `json:"text"`
}

// history is what one loader did, in order. Two loaders of one name are two.
type history struct {
	*dataloader.LoaderInfo
	batches []*dataloader.BatchInfo
	rounds  map[uint64]map[any]bool // the keys of each
}

func (r *Recorder) advise(v view) []Advice {
	var all []Advice
	say := func(fault Fault, loaders []string, text string, args ...any) {
		all = append(all, Advice{fault, loaders, fmt.Sprintf(text, args...)})
	}
	loaders := r.histories(v)
	for _, l := range loaders {
		l.singles(say)
		l.split(say)
	}
	for i, a := range loaders {
		for _, b := range loaders[i+1:] {
			sameKeys(a, b, say)
			chain(a, b, say)
			chain(b, a, say)
		}
	}
	madeTwice(r.loaders, say)
	if n := r.nested; n.awaits > 0 {
		say(Nested, nil, "%s in a callback drove the loop through %s: return a promise with Then in its place, "+
			"or wait in a promise.Async", count(n.awaits, "Await"), count(int(n.rounds), "round"))
	}
	return all
}

func (r *Recorder) histories(v view) []*history {
	r.mu.Lock()
	defer r.mu.Unlock()
	byLoader := map[*dataloader.LoaderInfo]*history{}
	all := make([]*history, len(r.loaders))
	for i, l := range r.loaders {
		all[i] = &history{LoaderInfo: l}
		byLoader[l] = all[i]
	}
	for _, run := range v {
		for _, round := range run.rounds {
			for _, b := range round.bars {
				h := byLoader[b.Loader]
				h.batches = append(h.batches, b.BatchInfo)
			}
		}
	}
	return all
}

type sayer func(fault Fault, loaders []string, text string, args ...any)

// shortChain is how many batches of one key, each led to by the one before, pass for a path that is meant: a friend of a
// friend. More of them look like a loop that waits for one key at a time.
const shortChain = 2

func (l *history) singles(say sayer) {
	if len(l.batches) < 2 || l.MaxBatchSize == 1 {
		return
	}
	path := true
	for i, b := range l.batches {
		if b.Size > 1 || b.Parts > 1 {
			return
		}
		path = path && (i == 0 || slices.Contains(b.After, l.batches[i-1]))
	}
	if path && len(l.batches) <= shortChain {
		return
	}
	say(Singles, []string{l.Name}, "%s: each of its %s had one key: ask for all keys before you wait for the first, "+
		"with LoadMany, promise.MapAll or promise.All", legible(l.Name), count(len(l.batches), "batch"))
}

func (l *history) split(say sayer) {
	rounds, batches, keys := 0, 0, 0
	for _, b := range l.batches {
		if b.Parts == 1 {
			continue
		}
		if b.Part == 1 {
			rounds++
		}
		batches++
		keys += b.Size
	}
	if batches == 0 {
		return
	}
	say(Split, []string{l.Name}, "%s: WithMaxBatchSize(%d) cut the %s of %s into %s: raise it if the source can take more",
		legible(l.Name), l.MaxBatchSize, count(keys, "key"), count(rounds, "round"), count(batches, "batch"))
}

// sameKeys looks for two loaders that were asked for the same keys, round by round.
func sameKeys(a, b *history, say sayer) {
	if a.Key != b.Key || duplicate(a.LoaderInfo, b.LoaderInfo) {
		return
	}
	of, and := a.byRound(), b.byRound()
	if len(of) != len(and) {
		return
	}
	keys := 0
	for round, set := range of {
		if !reflect.DeepEqual(set, and[round]) {
			return
		}
		keys += len(set)
	}
	if keys < 2 {
		return
	}
	say(SameKeys, []string{a.Name, b.Name}, "%s and %s were asked for the same %s in %s: one query may serve both",
		legible(a.Name), legible(b.Name), count(keys, "key"), count(len(of), "round"))
}

// chain looks for batches of b that waited for a batch of a, though all their keys were known before: a had them.
func chain(a, b *history, say sayer) {
	if a.Key != b.Key || duplicate(a.LoaderInfo, b.LoaderInfo) {
		return
	}
	found := 0
	for _, next := range b.batches {
		if len(next.After) != 1 || next.After[0].Loader != a.LoaderInfo {
			continue
		}
		known := set(next.After[0].Keys)
		if !slices.ContainsFunc(list(next.Keys), func(key any) bool { return !known[key] }) {
			found++
		}
	}
	if found == 0 {
		return
	}
	say(Chain, []string{a.Name, b.Name}, "%s waited for %s in %s, and was then asked for keys that %s had been asked for: "+
		"if those keys are not in its results, load from both at once and join them, with promise.Join2",
		legible(b.Name), legible(a.Name), count(found, "batch"), legible(a.Name))
}

func madeTwice(loaders []*dataloader.LoaderInfo, say sayer) {
	for i, l := range loaders {
		same := func(other *dataloader.LoaderInfo) bool { return duplicate(l, other) }
		if slices.ContainsFunc(loaders[:i], same) {
			continue // said already
		}
		n := 1
		for _, other := range loaders[i+1:] {
			if same(other) {
				n++
			}
		}
		if n == 1 {
			continue
		}
		text := "%s was made %d times in one request, and each has a queue and a cache of its own: make it once, with the scheduler"
		if !l.Named {
			text += "; if these are different loaders, tell them apart with WithName"
		}
		say(MadeTwice, []string{l.Name}, text, legible(l.Name), n)
	}
}

// duplicate reports whether a and b look like one loader that was made twice.
func duplicate(a, b *dataloader.LoaderInfo) bool {
	return a.Name == b.Name && a.Key == b.Key && a.Value == b.Value
}

func (l *history) byRound() map[uint64]map[any]bool {
	if l.rounds != nil {
		return l.rounds
	}
	l.rounds = map[uint64]map[any]bool{}
	for _, b := range l.batches {
		if l.rounds[b.Round] == nil {
			l.rounds[b.Round] = map[any]bool{}
		}
		for _, key := range list(b.Keys) {
			l.rounds[b.Round][key] = true
		}
	}
	return l.rounds
}

func set(keys any) map[any]bool {
	s := map[any]bool{}
	for _, key := range list(keys) {
		s[key] = true
	}
	return s
}

// list returns keys as values that can be compared: those that can't be, by their text.
func list(keys any) []any {
	v := reflect.ValueOf(keys)
	all := make([]any, v.Len())
	for i := range all {
		if key := v.Index(i); key.Comparable() {
			all[i] = key.Interface()
		} else {
			all[i] = fmt.Sprintf("%#v", key.Interface())
		}
	}
	return all
}
