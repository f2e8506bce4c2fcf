module github.com/batchtick/batchtick/internal/bench

go 1.26

toolchain go1.27.3

// What npm installs holds no Go package.
ignore ./node_modules

require (
	github.com/batchtick/batchtick v0.0.0
	github.com/graph-gophers/dataloader/v7 v7.1.0
	github.com/samber/mo v1.16.0
	github.com/stretchr/testify v1.12.1
	go.uber.org/goleak v1.3.0
)

require go.yaml.in/yaml/v3 v3.0.5 // indirect

replace github.com/batchtick/batchtick => ../..
