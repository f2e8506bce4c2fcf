package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// Result is what a run of the command has measured: all that tables and chart are made of, and what the JSON file holds.
type Result struct {
	Machine Machine `json:"machine"`
	Rounds  int     `json:"rounds"`
	Rows    []Row   `json:"rows"`
}

// Machine is where and with what it was measured.
type Machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	Go    string `json:"go"`
	Node  string `json:"node,omitempty"` // empty if there was none
	Date  string `json:"date"`
}

// Row is a workload with the figures of its contenders, the floor's first.
type Row struct {
	Row     string   `json:"row"`
	Title   string   `json:"title"`
	Unit    string   `json:"unit"`
	N       int      `json:"n"`
	Figures []Figure `json:"figures"`
}

// Figure is what one contender took for one unit.
type Figure struct {
	Contender   string   `json:"contender"`
	Nanoseconds Spread   `json:"nanoseconds"`
	ToFloor     Spread   `json:"to_floor"`          // of the ratios to the floor, each within its round
	ToNode      *Spread  `json:"to_node,omitempty"` // the same to Node.js
	Allocs      *float64 `json:"allocs,omitempty"`  // medians; none for Node.js
	Bytes       *float64 `json:"bytes,omitempty"`
}

// Figure returns the figures of a contender of the row.
func (r Row) Figure(contender string) (f Figure, ok bool) {
	for _, f := range r.Figures {
		if f.Contender == contender {
			return f, true
		}
	}
	return f, false
}

// Row returns the row of that name.
func (r Result) Row(name string) (row Row, ok bool) {
	for _, row := range r.Rows {
		if row.Row == name {
			return row, true
		}
	}
	return row, false
}

func readResult(path string) (Result, error) {
	var result Result
	data, err := os.ReadFile(path)
	if err != nil {
		return result, err
	}
	if err := json.Unmarshal(data, &result); err != nil {
		return result, fmt.Errorf("%s: %w", path, err)
	}
	return result, nil
}
