// A wall clock that tests set, preloaded into real processes: they are shown the machine's time and
// as many nanoseconds more as a file says, which is named by the process's id, in the folder
// CONSTRUCT_WRONG_CLOCKS. Clocks that cannot be set are as they are. What does not ask libc, as
// programs in Go do not, sees the machine's time.
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

constexpr std::int64_t second = 1'000'000'000;  // in nanoseconds
constexpr std::int64_t between_looks = second / 50;
constexpr std::time_t year_2000 = 946'684'800;

using OffBy = std::atomic<std::int64_t>;
const OffBy right{0};
const OffBy* off_by = &right;

__attribute__((constructor)) void begin() {
  const char* folder = std::getenv("CONSTRUCT_WRONG_CLOCKS");
  char path[4096];
  if (!folder || std::snprintf(path, sizeof path, "%s/%d", folder, getpid()) < 0) return;
  const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;
  if (ftruncate(file, sizeof(OffBy)) == 0) {
    const void* there = mmap(nullptr, sizeof(OffBy), PROT_READ, MAP_SHARED, file, 0);
    if (there != MAP_FAILED) off_by = static_cast<const OffBy*>(there);
  }
  close(file);
}

std::int64_t count(const timespec& time) { return time.tv_sec * second + time.tv_nsec; }
timespec time_of(std::int64_t count) { return {count / second, count % second}; }

timespec shown(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return time;
}

// How often somebody was woken, by conditions; some share a count.
std::atomic<unsigned>& signals_of(const pthread_cond_t* condition) {
  static std::array<std::atomic<unsigned>, 1024> counts{};
  return counts[reinterpret_cast<std::uintptr_t>(condition) / sizeof *condition % counts.size()];
}

// What libc has under this name now; it has an older one, too, on some machines.
auto next_of(const char* name) {
  void* found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
  if (!found) found = dlsym(RTLD_NEXT, name);
  return reinterpret_cast<int (*)(pthread_cond_t*)>(found);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const auto status = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    *time = time_of(count(*time) + off_by->load(std::memory_order_relaxed));
  return status;
}

int gettimeofday(timeval* __restrict time, void* __restrict) noexcept {
  const auto now = shown(CLOCK_REALTIME);
  *time = {now.tv_sec, now.tv_nsec / 1'000};
  return 0;
}

std::time_t time(std::time_t* copy) noexcept {
  const auto now = shown(CLOCK_REALTIME).tv_sec;
  if (copy) *copy = now;
  return now;
}

int pthread_cond_signal(pthread_cond_t* condition) noexcept {
  static const auto next = next_of("pthread_cond_signal");
  ++signals_of(condition);
  return next(condition);
}

int pthread_cond_broadcast(pthread_cond_t* condition) noexcept {
  static const auto next = next_of("pthread_cond_broadcast");
  ++signals_of(condition);
  return next(condition);
}

// Over when the clock that is shown has come to that time, as it is when the machine's clock is
// set: so it looks again and again. It does not return without a reason, which is allowed and which
// the client library for NATS, beginning its time-outs anew, takes badly.
int pthread_cond_timedwait(
    pthread_cond_t* __restrict condition,
    pthread_mutex_t* __restrict mutex,
    const timespec* __restrict until) {
  // Nobody waits for the last century: that is the other clock, which a condition may be told to
  // use.
  const auto clock = until->tv_sec > year_2000 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  for (;;) {
    const auto left = count(*until) - count(shown(clock));
    const auto look = std::clamp<std::int64_t>(left, 0, between_looks);
    const auto next_look = time_of(count(shown(CLOCK_MONOTONIC)) + look);
    const auto before = signals_of(condition).load();
    const int result = pthread_cond_clockwait(condition, mutex, CLOCK_MONOTONIC, &next_look);
    if (result != ETIMEDOUT || look >= left) return result;
    if (signals_of(condition) != before) return 0;  // perhaps when it did not wait
  }
}

}  // extern "C"
