package v8order_test

import (
	"fmt"
	"strings"
)

// A program is a few phases. After each the loop runs until nothing is left: in Go a Run, in JavaScript one turn of the
// event loop. It is data, so that JavaScript and Go play the same one; play.js and play_test.go say what each op does.
type program struct {
	Seed   uint64         `json:"seed"`
	Sites  int            `json:"sites"` // promises
	Phases [][]*statement `json:"phases"`
}

// statement makes a promise, or settles one, or has a block run.
type statement struct {
	Op       string    `json:"op"`
	ID       int       `json:"id"`      // what it logs, and what its values and reasons are made of
	Site     int       `json:"site"`    // the number of the promise that it makes, or -1
	On       []int     `json:"on"`      // the promises that it works on
	Acts     []string  `json:"acts"`    // what an executor does: resolve, reject, throw
	End      string    `json:"end"`     // how the function of a try ends
	Rethrow  bool      `json:"rethrow"` // of an await: a rejection ends the async function
	Callback *callback `json:"callback"`

	kind   kind
	wanted int // how many promises it would like to work on; link finds them
}

// callback runs Body and then ends: with a value, an error, a panic (for JavaScript both are a throw), a fresh promise or a
// freshReject, the promise of a site, or its own.
type callback struct {
	Body   []*statement `json:"body"`
	End    string       `json:"end"`
	Return int          `json:"return"`
}

// kind is the type of a promise's value. Only promises of numbers can be followed, or be members of a group.
type kind int

const (
	none kind = iota
	number
	list    // All's
	results // AllSettled's
)

// walk calls f for each statement, those in callbacks included.
func (p *program) walk(f func(*statement)) {
	var block func([]*statement)
	block = func(body []*statement) {
		for _, s := range body {
			f(s)
			if s.Callback != nil {
				block(s.Callback.Body)
			}
		}
	}
	for _, phase := range p.Phases {
		block(phase)
	}
}

// plain reports whether p has nothing for which JavaScript spends jobs that the library saves.
func (p *program) plain() bool {
	plain := true
	p.walk(func(s *statement) {
		switch s.Op {
		case "then", "handle", "catch", "follow", "await":
			plain = false
		case "finally":
			plain = plain && s.Callback.End == "panic" // a throw passes at once in JavaScript too
		}
	})
	return plain
}

// uses reports whether p has an op.
func (p *program) uses(op string) bool {
	found := false
	p.walk(func(s *statement) { found = found || s.Op == op })
	return found
}

func (p *program) String() string {
	var w strings.Builder
	for i, phase := range p.Phases {
		fmt.Fprintf(&w, "phase %d\n", i)
		printBlock(&w, phase, "    ")
	}
	return w.String()
}

func printBlock(w *strings.Builder, body []*statement, indent string) {
	for _, s := range body {
		fmt.Fprintf(w, "%s#%d ", indent, s.ID)
		if s.Site >= 0 {
			fmt.Fprintf(w, "p%d = ", s.Site)
		}
		w.WriteString(s.Op)
		for _, site := range s.On {
			fmt.Fprintf(w, " p%d", site)
		}
		if len(s.Acts) > 0 {
			fmt.Fprintf(w, " %v", s.Acts)
		}
		if s.End != "" {
			fmt.Fprintf(w, " -> %s", s.End)
		}
		if s.Rethrow {
			w.WriteString(" or throw")
		}
		w.WriteByte('\n')
		if c := s.Callback; c != nil {
			printBlock(w, c.Body, indent+"    ")
			fmt.Fprintf(w, "%s    -> %s", indent, c.End)
			if c.End == "promise" {
				fmt.Fprintf(w, " p%d", c.Return)
			}
			w.WriteByte('\n')
		}
	}
}
