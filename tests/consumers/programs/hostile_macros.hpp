// SPDX-License-Identifier: Apache-2.0
// Macros that other headers are known to leave behind, as they would be when ours come last. The
// standard headers that ours name were included before (as in any real program: they would not
// survive these either). `headers.py` includes this before every public header at once.
#pragma once

#define ALOFT_HOSTILE_JUNK !!!a macro of someone else !!!

// <windows.h>
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define ERROR 0
#define IN ALOFT_HOSTILE_JUNK
#define OUT ALOFT_HOSTILE_JUNK
#define OPTIONAL ALOFT_HOSTILE_JUNK
#define CONST const
#define VOID void
#define DELETE 0x10000
#define NO_ERROR 0
#define STRICT 1
#define near
#define far
#define small char
#define interface struct
#define GetObject GetObjectA
#define SendMessage SendMessageA

// syslog.h, loggers and test frameworks
#define DEBUG 1
#define INFO ALOFT_HOSTILE_JUNK
#define WARN ALOFT_HOSTILE_JUNK
#define WARNING ALOFT_HOSTILE_JUNK
#define FATAL ALOFT_HOSTILE_JUNK
#define TRACE ALOFT_HOSTILE_JUNK
#undef LOG
#define LOG(level) ALOFT_HOSTILE_JUNK
#define CHECK(condition) ALOFT_HOSTILE_JUNK
#define ASSERT(condition) ALOFT_HOSTILE_JUNK
#define REQUIRE(condition) ALOFT_HOSTILE_JUNK
#define TEST(suite, name) ALOFT_HOSTILE_JUNK

// telemetry libraries
#define SPAN(name) ALOFT_HOSTILE_JUNK
#define TRACE_EVENT(category, name) ALOFT_HOSTILE_JUNK
#define OPENTELEMETRY_EXPORT ALOFT_HOSTILE_JUNK
#define OTEL_INTERNAL_LOG_ERROR(text) ALOFT_HOSTILE_JUNK
#define DROPPED ALOFT_HOSTILE_JUNK
#define SAMPLED ALOFT_HOSTILE_JUNK
#define UNKNOWN ALOFT_HOSTILE_JUNK

// <X11/Xlib.h>
#define Bool int
#define True 1
#define False 0
#define None 0L
#define Status int
#define Success 0
#define Always 2

// Qt, Objective-C and GCC's own in gnu++ mode
#define emit
#define signals public
#define slots
#define foreach ALOFT_HOSTILE_JUNK
#define nil 0
#define YES 1
#define NO 0
#undef linux
#define linux 1
#undef unix
#define unix 1

// <sys/sysmacros.h>, <termios.h>, <math.h>, <complex.h>, <netdb.h>, <signal.h>
#undef major
#define major(device) ALOFT_HOSTILE_JUNK
#undef minor
#define minor(device) ALOFT_HOSTILE_JUNK
#define ECHO 8
#define B0 0
#define OVERFLOW 3
#define DOMAIN 1
#undef I
#define I ALOFT_HOSTILE_JUNK
#define NO_DATA 4
#define TRUE 1
#define FALSE 0
