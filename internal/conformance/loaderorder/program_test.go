package loaderorder_test

import (
	"fmt"
	"strings"
)

// A program is a few phases; after each the loop runs until nothing is left. It is data, so that JavaScript and Go play the
// same one; play.js and play_test.go say what each op does.
type program struct {
	Seed        uint64  `json:"seed"`
	Class       string  `json:"class"` // single, several or free: see doc.go
	Loaders     int     `json:"loaders"`
	Max         int     `json:"max"` // keys in a batch; 0: no limit
	NoCache     bool    `json:"noCache"`
	Keyed       bool    `json:"keyed"`       // keys are the same when they are modulo 100
	Promised    bool    `json:"promised"`    // Go's batch functions return promises
	Delegates   bool    `json:"delegates"`   // each batch function but the last loader's loads from the next loader
	FailKeys    []int   `json:"failKeys"`    // which keys fail alone, modulo 8
	FailBatches []int   `json:"failBatches"` // which batches of a loader fail as a whole, modulo 8
	FailAs      string  `json:"failAs"`      // how: reject, short, throw
	Phases      [][]*op `json:"phases"`
}

// op is one operation. What is under Then is done in the callback of its result, whichever that is.
type op struct {
	Op     string `json:"op"` // load, loadMany (LoadSettled), loadAll (LoadMany), chain, clear, clearAll, prime, primeError
	ID     int    `json:"id"`
	Loader int    `json:"loader"`
	Next   int    `json:"next"` // of a chain: the loader of the second key
	Keys   []int  `json:"keys"`
	Hops   int    `json:"hops"` // callbacks between the load and the one that counts
	Then   []*op  `json:"then"`
}

// exact reports whether the order in p is JavaScript's.
func (p *program) exact() bool { return p.Class != "free" }

func (p *program) walk(f func(*op)) {
	var block func([]*op)
	block = func(ops []*op) {
		for _, o := range ops {
			f(o)
			block(o.Then)
		}
	}
	for _, phase := range p.Phases {
		block(phase)
	}
}

func (p *program) String() string {
	var w strings.Builder
	config := *p
	config.Phases = nil
	fmt.Fprintf(&w, "%+v\n", config)
	for i, phase := range p.Phases {
		fmt.Fprintf(&w, "phase %d\n", i)
		printOps(&w, phase, "    ")
	}
	return w.String()
}

func printOps(w *strings.Builder, ops []*op, indent string) {
	for _, o := range ops {
		fmt.Fprintf(w, "%s#%d loader%d.%s%v", indent, o.ID, o.Loader, o.Op, o.Keys)
		if o.Op == "chain" {
			fmt.Fprintf(w, " to loader%d", o.Next)
		}
		if o.Hops > 0 {
			fmt.Fprintf(w, " after %d hops", o.Hops)
		}
		w.WriteByte('\n')
		printOps(w, o.Then, indent+"    ")
	}
}
