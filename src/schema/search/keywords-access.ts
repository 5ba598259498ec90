import type { Route } from "../routes.gen.ts";

/** Search words of users, realms, permissions, pools and logins. */
export const ACCESS_KEYWORDS: { readonly [R in Route]?: string } = {
  "GET /access/acl":
    "admin administrators permissions who can access what which users have rights acl entries list assigned grants roles",
  "PUT /access/acl":
    "grant give assign permission role access rights to user group token on vm path storage pool revoke take away remove allow let add acl entry admin read-only permissions",
  "GET /access/permissions":
    "effective permissions what can user do privileges my rights check token allowed",
  "GET /access/roles": "PVEAdmin PVEAuditor built-in roles list privileges which exist",
  "GET /access/roles/{roleid}":
    "PVEAdmin PVEVMAdmin PVEAuditor Administrator privileges in role contains details what does role allow",
  "POST /access/roles": "new custom role privileges define",
  "PUT /access/roles/{roleid}": "edit role add remove privileges change",
  "DELETE /access/roles/{roleid}": "remove custom role",
  "GET /access/users": "users accounts list all who exists enabled disabled expired people",
  "GET /access/users/{userid}": "user details account email groups expire single one",
  "POST /access/users": "new user account create add person login employee",
  "PUT /access/users/{userid}":
    "edit user account disable enable lock block deactivate suspend email expiry expire name add to group put into group membership change comment temporarily",
  "DELETE /access/users/{userid}": "remove user account person left employee",
  "PUT /access/password": "change reset set password of user login own my pam pve forgot",
  "GET /access/groups": "user groups list",
  "GET /access/groups/{groupid}": "members of user group who is in group users",
  "POST /access/groups": "new user group create admins team",
  "PUT /access/groups/{groupid}": "edit user group comment description",
  "DELETE /access/groups/{groupid}": "remove user group",
  "GET /access/domains": "realms authentication login sources ldap ad openid pam list",
  "GET /access/domains/{realm}": "realm details settings ldap ad server",
  "POST /access/domains":
    "new realm ldap active directory ad openid oidc sso single sign-on keycloak azure google authentik set up configure integrate authentication server login connect enable",
  "PUT /access/domains/{realm}":
    "edit realm ldap active directory server bind dn password default realm openid client secret enforce require 2fa settings",
  "DELETE /access/domains/{realm}": "remove realm ldap active directory ad openid sso login",
  "POST /access/domains/{realm}/sync":
    "sync synchronize import users groups from ldap active directory now pull refresh update",
  "GET /access/tfa": "two factor who has 2fa enabled all users totp without list mfa overview",
  "GET /access/tfa/{userid}": "two factor of user second factors totp webauthn list which",
  "POST /access/tfa/{userid}":
    "add enable set up enroll register two factor totp webauthn yubikey recovery codes keys authenticator app 2fa mfa new require for user",
  "PUT /access/tfa/{userid}/{id}": "edit disable rename second factor description enable",
  "DELETE /access/tfa/{userid}/{id}":
    "remove reset disable turn off two factor 2fa totp lost phone user second factor",
  "PUT /access/users/{userid}/unlock-tfa":
    "unlock locked out user two factor totp too many attempts reset lockout",
  "GET /access/users/{userid}/token": "api tokens keys of user list",
  "GET /access/users/{userid}/token/{tokenid}": "api token details expire when",
  "POST /access/users/{userid}/token/{tokenid}":
    "new api token key generate create automation terraform ansible secret issue",
  "PUT /access/users/{userid}/token/{tokenid}":
    "edit api token expiry expire regenerate rotate secret privilege separation renew",
  "DELETE /access/users/{userid}/token/{tokenid}": "revoke remove api token key invalidate",
  "POST /access/ticket":
    "login log in authenticate get session ticket cookie username password csrf verify credentials",
  "POST /access/openid/login": "finish sso login code",
  "POST /access/openid/auth-url": "start sso login redirect url",
  "GET /pools": "resource pools list members guests in pool contents which",
  "POST /pools": "new resource pool create group guests",
  "PUT /pools": "add vm container guest storage to pool remove from pool put into members assign edit move",
  "DELETE /pools": "remove resource pool",
};
