// Threads that say in `top -H` what they do.
#pragma once

#include <pthread.h>

#include <string>

namespace kernel {

// At most 15 characters are kept.
inline void name_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace kernel
