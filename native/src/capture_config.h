/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the loader tells the program. */
#ifndef CAPTURE_CONFIG_H
#define CAPTURE_CONFIG_H

#include <bpf/bpf_helpers.h>

#include "http_counter.h"

const volatile struct capture_config capture_config SEC(".rodata.config") = {};
const volatile struct route_table route_table SEC(".rodata.routes") = {};

#endif
