/* lua_debian.h - where the debug binary finds the Lua modules of Debian.
** SPDX-License-Identifier: MIT */
#define LUA_PATH_DEFAULT                                                       \
  "/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua;"        \
  "/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua;"                    \
  "./?.lua;./?/init.lua"
#define LUA_CPATH_DEFAULT                                                      \
  "/usr/local/lib/lua/5.4/?.so;" LUA_DEBIAN_LIB "?.so;/usr/lib/lua/5.4/?.so"
