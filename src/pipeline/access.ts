// Owns who may use Lector and where: globs over user and room ids.

export type Access = { isAllowedUser(userId: string): boolean; isAllowedRoom(roomId: string): boolean };

/** `null` allows the users of the bot's own homeserver, or any room. In a glob `*` stands for anything and `?` for one letter. */
export function createAccess(
  selfId: string,
  allowedUsers: readonly string[] | null,
  allowedRooms: readonly string[] | null,
): Access {
  const ownServer = selfId.slice(selfId.indexOf(':') + 1);
  const users = allowedUsers ?? [`@*:${ownServer}`];
  const rooms = allowedRooms ?? ['*'];
  return {
    isAllowedUser: (userId) => matchesAny(users, userId),
    isAllowedRoom: (roomId) => matchesAny(rooms, roomId),
  };
}

/** Whether one of the globs stands for the id. */
export function matchesAny(globs: readonly string[], id: string): boolean {
  return globs.some((glob) => globToRegExp(glob).test(id));
}

function globToRegExp(glob: string): RegExp {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 'u');
}
