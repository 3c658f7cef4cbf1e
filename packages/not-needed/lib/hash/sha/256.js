// Owns nothing: the path by which matrix-bot-sdk imports a part of a package that is not there.
module.exports = require('../../../index.js');
