package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/batchtick/batchtick/internal/bench"
)

// node is a Node.js process that runs the rows of node/rows.js, one slice at a time, when it is told to.
type node struct {
	version string
	rows    []string

	process *exec.Cmd
	orders  io.WriteCloser
	ask     *json.Encoder
	answers *json.Decoder
}

// errNoNode says why the JavaScript columns will be empty.
var errNoNode = errors.New("there is no node on the PATH: install Node.js 20 or later")

// startNode starts node/serve.js in the module's folder. Close ends it.
func startNode(module string) (*node, error) {
	path, err := exec.LookPath("node")
	if err != nil {
		return nil, errNoNode
	}
	if _, err := os.Stat(filepath.Join(module, "node_modules", "dataloader", "package.json")); err != nil {
		return nil, errors.New("npm's dataloader is not installed: run npm ci in internal/bench")
	}
	process := exec.Command(path, "--expose-gc", filepath.Join("node", "serve.js"))
	process.Dir, process.Stderr = module, os.Stderr
	orders, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	answers, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, err
	}
	n := &node{
		process: process, orders: orders,
		ask: json.NewEncoder(orders), answers: json.NewDecoder(bufio.NewReader(answers)),
	}
	var hello struct {
		Node string   `json:"node"`
		V8   string   `json:"v8"`
		Rows []string `json:"rows"`
	}
	if err := n.answers.Decode(&hello); err != nil {
		return nil, errors.Join(fmt.Errorf("node/serve.js: %w", err), n.Close())
	}
	n.version, n.rows = fmt.Sprintf("Node.js %s, V8 %s", hello.Node, hello.V8), hello.Rows
	return n, nil
}

// Close lets the process end, which it does when there are no more orders.
func (n *node) Close() error {
	return errors.Join(n.orders.Close(), n.process.Wait())
}

func (n *node) has(row string) bool { return n != nil && slices.Contains(n.rows, row) }

// slice has the process run a row for about that long, and checks its answer as those of Go are.
func (n *node) slice(w bench.Workload, slice time.Duration) (sample, error) {
	order := struct {
		Row          string  `json:"row"`
		N            int     `json:"n"`
		Milliseconds float64 `json:"milliseconds"`
	}{w.Row, w.N, float64(slice.Nanoseconds()) / 1e6}
	if err := n.ask.Encode(order); err != nil {
		return sample{}, err
	}
	var answer struct {
		Nanoseconds float64 `json:"nanoseconds"`
		Runs        float64 `json:"runs"`
		Sum         int     `json:"sum"`
		Batches     int     `json:"batches"`
	}
	if err := n.answers.Decode(&answer); err != nil {
		return sample{}, fmt.Errorf("node/serve.js: %w", err)
	}
	s := sample{nanoseconds: answer.Nanoseconds / answer.Runs / float64(w.N)}
	return s, check(bench.Answer{Sum: answer.Sum, Batches: answer.Batches}, w.Want(w.N), false)
}
