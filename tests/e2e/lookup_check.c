/* Prints the addresses of a name, of both kinds: lookup_check NAME. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>

static void print(const struct addrinfo *ai) {
  char text[INET6_ADDRSTRLEN];
  const void *address =
      ai->ai_family == AF_INET
          ? (const void *)&((struct sockaddr_in *)ai->ai_addr)->sin_addr
          : (const void *)&((struct sockaddr_in6 *)ai->ai_addr)->sin6_addr;
  puts(inet_ntop(ai->ai_family, address, text, sizeof text));
}

int main(int argc, char **argv) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
  int rc = argc == 2 ? getaddrinfo(argv[1], NULL, &hints, &list) : EAI_FAIL;
  if (rc) puts(gai_strerror(rc));
  if (rc) return 1;
  for (const struct addrinfo *ai = list; ai; ai = ai->ai_next) print(ai);
  freeaddrinfo(list);
  return 0;
}
